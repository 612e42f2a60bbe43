/*
 * reference.h: the bench's rules written by hand, the fastest way we know.
 *
 * The program every engine is measured against: simdjson reads the fields that
 * matter into a struct, plain C judges it, a writer spells the decision. It
 * answers "what would a careful programmer get without a rules engine?" and
 * gives up everything a rules engine is for: unknown facts, reasons, dates,
 * rules that change while it runs.
 *
 *   a record's text ─► reference_read ─► enterprise
 *                      reference_judge ─► decision ─► reference_write
 *
 * It must not know where records come from: reference_pipe.cc reads stdin,
 * reference_server.cc a socket. All comparisons are between whole numbers
 * multiplied out, so they are exact.
 */
#ifndef TIDU_BENCH_REFERENCE_H
#define TIDU_BENCH_REFERENCE_H

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

/* The facts the rules read. A fact that is not listed is skipped unread. */
#define REFERENCE_NUMBERS(X) \
    X(years_in_field) X(employees) X(rd_staff) X(revenue_y0) \
    X(main_revenue_y0) X(main_revenue_y1) X(main_revenue_y2) X(rd_expense_y0) \
    X(total_assets) X(total_liabilities) X(net_profit_y0) \
    X(patents_class1) X(patents_class2) X(rank_global) X(rank_province) \
    X(funding_2y) X(digital_level)
#define REFERENCE_FLAGS(X) \
    X(violations) X(dishonest) X(safety_accident) X(env_penalty) X(high_tech) \
    X(srdi_recognised) X(little_giant) X(national_award) X(maker_top50) X(new_product) \
    X(fills_gap)
#define REFERENCE_TEXTS(X) X(id) X(sector) X(key_field) X(rd_institution)

enum reference_field {
    FIELD_NONE,
#define X(name) FIELD_##name,
    REFERENCE_NUMBERS(X)
    FIELD_FLAGS,
    FIELD_BEFORE_FLAGS = FIELD_FLAGS - 1,
    REFERENCE_FLAGS(X)
    FIELD_TEXTS,
    FIELD_BEFORE_TEXTS = FIELD_TEXTS - 1,
    REFERENCE_TEXTS(X)
#undef X
    FIELD_market_share_pct,
    FIELD_certifications,
    FIELD_COUNT
};

enum sector { SECTOR_INDUSTRIAL, SECTOR_SOFTWARE, SECTOR_WHOLESALE, SECTOR_COUNT };
enum institution { INSTITUTION_NONE, INSTITUTION_MUNICIPAL, INSTITUTION_PROVINCIAL,
                   INSTITUTION_NATIONAL };
enum size_class { SIZE_LARGE, SIZE_MEDIUM, SIZE_SMALL, SIZE_MICRO };

struct enterprise {
#define X(name) int64_t name;
    REFERENCE_NUMBERS(X)
#undef X
#define X(name) bool name;
    REFERENCE_FLAGS(X)
#undef X
    double market_share_pct;
    sector its_sector;
    institution its_institution;
    bool in_key_field;
    bool has_known_certificate;
    int certificate_count;
    size_t id_length;
    char id[32];
};

/* The 30 criteria, the 19 indicators and the 4 titles, in the order they are written. */
#define REFERENCE_CRITERIA(X) \
    X(g01) X(g02) X(g03) X(g04) X(g05) X(g06) X(g07) X(g08) X(g09) X(g10) X(g11) X(g12) \
    X(g13) X(g14) X(g15) X(g16) X(q02) X(q03) X(q04) X(q05) X(i01) X(i02) X(i03) X(i04) \
    X(i05) X(c01) X(c03) X(c04) X(c05) X(c06)
#define REFERENCE_INDICATORS(X) \
    X(s1) X(s2) X(s3) X(s4) X(s5) X(s6) X(t01) X(t02) X(t03) X(t04) X(t05) X(t06) X(t07) \
    X(t08) X(t09) X(t10) X(t11) X(t12) X(t13)
#define REFERENCE_TITLES(X) X(innov) X(srdi) X(giant) X(champ)

struct decision {
    size_class size;
#define X(name) bool name;
    struct { REFERENCE_CRITERIA(X) } criteria;
    struct { REFERENCE_TITLES(X) } titles;
#undef X
#define X(name) uint8_t name;
    struct { REFERENCE_INDICATORS(X) } points;
#undef X
    int innov_score;
    int srdi_score;
};

enum { DECISION_SIZE = 2048 }; /* no decision is longer */

/* ---- names to fields: a hash table without collisions, found at start-up ---- */

enum { NAME_SLOTS = 256 };

struct field_name {
    const char *text;
    size_t length;
    int field;
};

static field_name name_slots[NAME_SLOTS];
static uint64_t name_multiplier;

/* The first and last eight bytes tell all names apart. */
static inline size_t
name_slot(const char *text, size_t length, uint64_t multiplier)
{
    uint64_t head = 0, tail = 0;

    if (length >= 8) {
        memcpy(&head, text, 8);
        memcpy(&tail, text + length - 8, 8);
    } else {
        memcpy(&head, text, length);
    }
    return (size_t)(((head ^ (tail * UINT64_C(0x9E3779B97F4A7C15)) ^ length) * multiplier) >> 56);
}

static bool
place_names(const field_name *names, size_t count, uint64_t multiplier)
{
    memset(name_slots, 0, sizeof name_slots);
    for (size_t i = 0; i < count; i++) {
        field_name *slot = &name_slots[name_slot(names[i].text, names[i].length, multiplier)];
        if (slot->text != nullptr)
            return false;
        *slot = names[i];
    }
    return true;
}

/* Try multipliers until no two names share a slot. */
static inline void
reference_prepare(void)
{
    static const field_name names[] = {
#define X(name) {#name, sizeof #name - 1, FIELD_##name},
        REFERENCE_NUMBERS(X) REFERENCE_FLAGS(X) REFERENCE_TEXTS(X)
        X(market_share_pct) X(certifications)
#undef X
    };
    uint64_t state = UINT64_C(88172645463325252);

    for (int attempt = 0; attempt < 10000000; attempt++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        name_multiplier = state | 1;
        if (place_names(names, sizeof names / sizeof *names, name_multiplier))
            return;
    }
    abort(); /* the list of names is fixed, so this would show at the first start */
}

static inline int
find_field(const char *text, size_t length)
{
    const field_name *slot = &name_slots[name_slot(text, length, name_multiplier)];

    if (slot->length != length || memcmp(slot->text, text, length) != 0)
        return FIELD_NONE;
    return slot->field;
}

/* ---- reading ---- */

static inline bool
is_one_of(std::string_view text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text == list[i])
            return true;
    }
    return false;
}

static inline bool
is_key_field(std::string_view text)
{
    static const char *const list[] = {"核心基础零部件", "核心基础元器件", "关键软件",
                                       "先进基础工艺", "关键基础材料", "产业技术基础"};

    return is_one_of(text, list, sizeof list / sizeof *list);
}

static inline bool
is_known_certificate(std::string_view text)
{
    static const char *const list[] = {"ISO9001", "ISO14001", "ISO45001", "IATF16949",
                                       "GJB9001C", "CE", "UL"};

    return is_one_of(text, list, sizeof list / sizeof *list);
}

static inline institution
institution_of(std::string_view text)
{
    if (text == "none")
        return INSTITUTION_NONE;
    if (text == "municipal")
        return INSTITUTION_MUNICIPAL;
    return text == "provincial" ? INSTITUTION_PROVINCIAL : INSTITUTION_NATIONAL;
}

static inline sector
sector_of(std::string_view text)
{
    if (text == "industrial")
        return SECTOR_INDUSTRIAL;
    return text == "software" ? SECTOR_SOFTWARE : SECTOR_WHOLESALE;
}

static inline void
take_text(enterprise *e, int field, std::string_view text)
{
    switch (field) {
    case FIELD_id:
        e->id_length = text.size() < sizeof e->id ? text.size() : sizeof e->id;
        memcpy(e->id, text.data(), e->id_length);
        break;
    case FIELD_sector:
        e->its_sector = sector_of(text);
        break;
    case FIELD_key_field:
        e->in_key_field = is_key_field(text);
        break;
    default:
        e->its_institution = institution_of(text);
        break;
    }
}

static inline bool
take_certificates(enterprise *e, simdjson::ondemand::value &value)
{
    simdjson::ondemand::array list;

    if (value.get_array().get(list))
        return false;
    for (auto item : list) {
        std::string_view text;
        if (item.get_string().get(text))
            return false;
        e->certificate_count++;
        e->has_known_certificate |= is_known_certificate(text);
    }
    return true;
}

/* Where a number or a flag goes. */
static const size_t field_places[FIELD_COUNT] = {
    0,
#define X(name) offsetof(enterprise, name),
    REFERENCE_NUMBERS(X) REFERENCE_FLAGS(X)
#undef X
};

static inline bool
take_field(enterprise *e, int field, simdjson::ondemand::value &value)
{
    char *place = (char *)e + field_places[field];

    if (field < FIELD_FLAGS)
        return !value.get_int64().get(*(int64_t *)place);
    if (field < FIELD_TEXTS)
        return !value.get_bool().get(*(bool *)place);
    if (field == FIELD_market_share_pct)
        return !value.get_double().get(e->market_share_pct);
    if (field == FIELD_certifications)
        return take_certificates(e, value);

    std::string_view text;
    if (value.get_string().get(text))
        return false;
    take_text(e, field, text);
    return true;
}

/* Read one record. `capacity` bytes are readable at `text`, at least
 * simdjson's padding more than `length`. False when it is no such record. */
static inline bool
reference_read(simdjson::ondemand::parser *parser, const char *text, size_t length,
               size_t capacity, enterprise *e)
{
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;

    e->certificate_count = 0;
    e->has_known_certificate = false;
    if (parser->iterate(text, length, capacity).get(document))
        return false;
    if (document.get_object().get(object))
        return false;
    for (auto member : object) {
        simdjson::ondemand::raw_json_string key;
        simdjson::ondemand::value value;

        if (member.key().get(key))
            return false;
        const char *name = key.raw();
        const char *end = (const char *)memchr(name, '"', 64);
        int field = end == nullptr ? FIELD_NONE : find_field(name, (size_t)(end - name));
        if (field == FIELD_NONE)
            continue;
        if (member.value().get(value) || !take_field(e, field, value))
            return false;
    }
    return true;
}

/* ---- judging ---- */

/* a / b >= percent %, for b > 0. */
static inline bool
reaches(int64_t a, int64_t b, int64_t percent)
{
    return a * 100 >= b * percent;
}

static inline bool
stays_within(int64_t a, int64_t b, int64_t percent)
{
    return a * 100 <= b * percent;
}

/* Mean growth of main revenue over two years >= percent %. */
static inline bool
grows(const enterprise *e, int64_t percent)
{
    int64_t m0 = e->main_revenue_y0, m1 = e->main_revenue_y1, m2 = e->main_revenue_y2;

    return (m0 * m2 + m1 * m1) * 50 >= (100 + percent) * m1 * m2;
}

/* Lower bounds of employees and revenue for large, medium and small. */
static const struct { int64_t employees, revenue; } size_bounds[SECTOR_COUNT][3] = {
    {{1000, 40000}, {300, 2000}, {20, 300}},
    {{300, 10000}, {100, 1000}, {10, 50}},
    {{200, 40000}, {20, 5000}, {5, 1000}},
};

static inline size_class
size_of(const enterprise *e)
{
    for (int size = SIZE_LARGE; size <= SIZE_SMALL; size++) {
        const auto &bound = size_bounds[e->its_sector][size];
        if (e->employees >= bound.employees && e->revenue_y0 >= bound.revenue)
            return (size_class)size;
    }
    return SIZE_MICRO;
}

static inline uint8_t
rd_input_points(int64_t rd, int64_t revenue)
{
    static const struct { int64_t amount, percent; uint8_t points; } bands[] = {
        {500, 10, 10}, {400, 8, 8}, {300, 6, 6}, {200, 4, 4}, {100, 3, 2},
    };

    for (const auto &band : bands) {
        if (rd >= band.amount || reaches(rd, revenue, band.percent))
            return band.points;
    }
    return 0;
}

static inline void
judge_innovative_score(const enterprise *e, decision *d)
{
    auto &p = d->points;
    int64_t p1 = e->patents_class1, rd = e->rd_expense_y0, revenue = e->revenue_y0;
    int64_t m0 = e->main_revenue_y0, m1 = e->main_revenue_y1;

    p.s1 = p1 >= 3 ? 20 : p1 >= 2 ? 15 : p1 >= 1 ? 10 : e->patents_class2 >= 1 ? 5 : 0;
    p.s2 = reaches(rd, revenue, 5) ? 20 : reaches(rd, revenue, 3) ? 15
         : reaches(rd, revenue, 2) ? 10 : reaches(rd, revenue, 1) ? 5 : 0;
    p.s3 = reaches(m0, m1, 115) ? 20 : reaches(m0, m1, 110) ? 15
         : reaches(m0, m1, 105) ? 10 : reaches(m0, m1, 100) ? 5 : 0;
    p.s4 = stays_within(e->total_liabilities, e->total_assets, 55) ? 10
         : stays_within(e->total_liabilities, e->total_assets, 75) ? 5 : 0;
    p.s5 = e->in_key_field ? 10 : e->high_tech ? 5 : 0;
    p.s6 = reaches(m0, revenue, 70) ? 20 : reaches(m0, revenue, 60) ? 15
         : reaches(m0, revenue, 55) ? 10 : reaches(m0, revenue, 50) ? 5 : 0;
    d->innov_score = p.s1 + p.s2 + p.s3 + p.s4 + p.s5 + p.s6;
}

static inline void
judge_specialised_score(const enterprise *e, decision *d)
{
    auto &p = d->points;
    int64_t revenue = e->revenue_y0, m0 = e->main_revenue_y0, years = e->years_in_field;
    int64_t profit = e->net_profit_y0, p1 = e->patents_class1, rank = e->rank_province;
    int64_t debt = e->total_liabilities, assets = e->total_assets;
    int64_t staff = e->rd_staff, employees = e->employees;

    p.t01 = reaches(m0, revenue, 80) ? 5 : reaches(m0, revenue, 70) ? 3
          : reaches(m0, revenue, 60) ? 1 : 0;
    p.t02 = grows(e, 10) ? 10 : grows(e, 8) ? 8 : grows(e, 6) ? 6 : grows(e, 4) ? 4
          : grows(e, 0) ? 2 : 0;
    p.t03 = (uint8_t)(years >= 10 ? 5 : years / 2);
    p.t04 = e->in_key_field ? 5 : e->fills_gap ? 3 : 0;
    p.t05 = e->digital_level >= 4 ? 5 : e->digital_level >= 3 ? 4 : e->digital_level >= 2 ? 2 : 0;
    p.t06 = e->certificate_count >= 3 ? 5 : e->certificate_count >= 1 ? 3 : 0;
    p.t07 = reaches(profit, revenue, 10) ? 10 : reaches(profit, revenue, 8) ? 8
          : reaches(profit, revenue, 6) ? 6 : reaches(profit, revenue, 4) ? 4
          : reaches(profit, revenue, 2) ? 2 : 0;
    p.t08 = stays_within(debt, assets, 50) ? 5 : stays_within(debt, assets, 60) ? 3
          : stays_within(debt, assets, 70) ? 1 : 0;
    p.t09 = rank < 1 ? 0 : rank == 1 ? 15 : rank <= 3 ? 10 : rank <= 5 ? 5 : 0;
    p.t10 = p1 >= 2 ? 10 : p1 >= 1 ? 8 : e->patents_class2 >= 1 ? 2 : 0;
    p.t11 = rd_input_points(e->rd_expense_y0, revenue);
    p.t12 = reaches(staff, employees, 20) ? 5 : reaches(staff, employees, 10) ? 3
          : reaches(staff, employees, 5) ? 1 : 0;
    p.t13 = e->its_institution == INSTITUTION_NATIONAL ? 10
          : e->its_institution == INSTITUTION_PROVINCIAL ? 8
          : e->its_institution == INSTITUTION_MUNICIPAL ? 4 : 0;
    d->srdi_score = p.t01 + p.t02 + p.t03 + p.t04 + p.t05 + p.t06 + p.t07 + p.t08 + p.t09 +
                    p.t10 + p.t11 + p.t12 + p.t13;
}

static inline void
judge_general_criteria(const enterprise *e, decision *d)
{
    auto &c = d->criteria;
    int64_t revenue = e->revenue_y0, rd = e->rd_expense_y0;

    c.g01 = d->size != SIZE_LARGE;
    c.g02 = e->years_in_field >= 3;
    c.g03 = reaches(e->main_revenue_y0, revenue, 70);
    c.g04 = grows(e, 5);
    c.g05 = stays_within(e->total_liabilities, e->total_assets, 70);
    c.g06 = e->has_known_certificate;
    c.g07 = (e->rank_province >= 1 && e->rank_province <= 3) || e->market_share_pct >= 10;
    c.g08 = (revenue >= 10000 && reaches(rd, revenue, 3)) ||
            (revenue >= 5000 && revenue < 10000 && reaches(rd, revenue, 6)) ||
            (revenue < 5000 && e->funding_2y >= 8000 && rd >= 3000);
    c.g09 = revenue >= 5000 || reaches(e->rd_staff, e->employees, 50);
    c.g10 = e->patents_class1 >= 2;
    c.g11 = !e->violations && !e->dishonest && !e->safety_accident && !e->env_penalty;
    c.g12 = e->srdi_recognised;
    c.g13 = e->in_key_field;
    c.g14 = e->national_award || e->maker_top50;
    c.g15 = e->its_institution != INSTITUTION_NONE;
    c.g16 = c.g14 || (c.g08 && c.g09 && c.g10 && c.g15);
}

static inline void
judge_other_criteria(const enterprise *e, decision *d)
{
    auto &c = d->criteria;
    const auto &p = d->points;
    int64_t revenue = e->revenue_y0, rd = e->rd_expense_y0;

    c.q02 = e->years_in_field >= 2;
    c.q03 = rd >= 100 && reaches(rd, revenue, 3);
    c.q04 = revenue >= 1000 || e->funding_2y >= 2000;
    c.q05 = d->srdi_score >= 60;
    c.i01 = e->national_award || e->its_institution >= INSTITUTION_PROVINCIAL ||
            (e->high_tech && e->funding_2y >= 500);
    c.i02 = d->innov_score >= 60;
    c.i03 = p.s1 + p.s2 >= 20;
    c.i04 = p.s3 + p.s4 >= 15;
    c.i05 = p.s5 + p.s6 >= 15;
    c.c01 = e->years_in_field >= 10 || (e->new_product && e->years_in_field >= 3);
    c.c03 = revenue >= 40000 || e->little_giant;
    c.c04 = e->rank_global >= 1 && e->rank_global <= 3;
    c.c05 = e->its_sector == SECTOR_INDUSTRIAL;
    c.c06 = reaches(rd, revenue, 3);
}

static inline void
reference_judge(const enterprise *e, decision *d)
{
    auto &c = d->criteria;
    auto &t = d->titles;

    d->size = size_of(e);
    judge_innovative_score(e, d);
    judge_specialised_score(e, d);
    judge_general_criteria(e, d);
    judge_other_criteria(e, d);
    t.innov = c.g01 && c.g11 && (c.i01 || (c.i02 && c.i03 && c.i04 && c.i05));
    t.srdi = c.g01 && c.q02 && c.q03 && c.q04 && c.g11 && c.q05;
    t.giant = c.g01 && c.g02 && c.g03 && c.g04 && c.g05 && c.g06 && c.g07 && c.g11 && c.g12 &&
              c.g13 && c.g16;
    t.champ = c.c01 && c.g03 && c.c03 && c.c04 && c.c05 && c.c06 && c.g06 && c.g11;
}

/* ---- writing ---- */

template <size_t SIZE>
static inline char *
write_literal(char *out, const char (&text)[SIZE])
{
    memcpy(out, text, SIZE - 1);
    return out + SIZE - 1;
}

template <size_t SIZE>
static inline char *
write_member_flag(char *out, const char (&name)[SIZE], bool value)
{
    out = write_literal(out, name);
    return value ? write_literal(out, "true,") : write_literal(out, "false,");
}

/* A number below 1,000. */
static inline char *
write_small(char *out, int value)
{
    if (value >= 100)
        *out++ = (char)('0' + value / 100);
    if (value >= 10)
        *out++ = (char)('0' + value / 10 % 10);
    *out++ = (char)('0' + value % 10);
    return out;
}

template <size_t SIZE>
static inline char *
write_member_small(char *out, const char (&name)[SIZE], int value)
{
    out = write_small(write_literal(out, name), value);
    *out++ = ',';
    return out;
}

/* Spell a decision as one line of JSON, at most DECISION_SIZE bytes. */
static inline char *
reference_write(char *out, const enterprise *e, const decision *d)
{
    static const char sizes[4][8] = {"large", "medium", "small", "micro"};

    out = write_literal(out, "{\"id\":\"");
    memcpy(out, e->id, e->id_length);
    out += e->id_length;
    out = write_literal(out, "\",\"size\":\"");
    size_t length = strlen(sizes[d->size]);
    memcpy(out, sizes[d->size], length);
    out += length;
    out = write_literal(out, "\",\"titles\":{");
#define X(name) out = write_member_flag(out, "\"" #name "\":", d->titles.name);
    REFERENCE_TITLES(X)
#undef X
    out = write_small(write_literal(out - 1, "},\"score\":{\"innov\":"), d->innov_score);
    out = write_small(write_literal(out, ",\"srdi\":"), d->srdi_score);
    out = write_literal(out, "},\"crit\":{");
#define X(name) out = write_member_flag(out, "\"" #name "\":", d->criteria.name);
    REFERENCE_CRITERIA(X)
#undef X
    out = write_literal(out - 1, "},\"pts\":{");
#define X(name) out = write_member_small(out, "\"" #name "\":", d->points.name);
    REFERENCE_INDICATORS(X)
#undef X
    return write_literal(out - 1, "}}\n");
}

/* Answer one record, or say in a line that it is none. */
static inline char *
reference_answer(simdjson::ondemand::parser *parser, const char *text, size_t length,
                 size_t capacity, char *out)
{
    enterprise e;
    decision d;

    if (!reference_read(parser, text, length, capacity, &e))
        return write_literal(out, "{\"error\":\"not a record\"}\n");
    reference_judge(&e, &d);
    return reference_write(out, &e, &d);
}

#endif
