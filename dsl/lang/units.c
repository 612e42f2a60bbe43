/*
 * units.c: units, their factors, and the names of dimensions.
 *
 * A factor is an exact rational: 6个月 is 1/2 年, not 0.5000…. Nothing is
 * converted here; values stay in the unit they were spelled in, and their
 * scale says what that unit is worth.
 *
 * Must not know: tokens, names, trees.
 */
#include "internal.h"

#include <stdio.h>

#define UNIT(money, count, years, days, score, num, den, zh, en, one) \
    {zh, en, one, money, count, years, days, score, {num, den}},
#define ALSO(spelling)
static const tidu_unit units[] = {
#include "units.def"
};
#undef UNIT
#undef ALSO

enum { UNIT_COUNT = sizeof units / sizeof units[0] };

/* Every spelling in the order of units.def; one that begins a unit (`first`)
 * moves on to the next unit. */
struct spelling {
    const char *text;
    bool first;
};

#define UNIT(money, count, years, days, score, num, den, zh, en, one) \
    {zh, true}, {en, false}, {one, false},
#define ALSO(spelling) {spelling, false},
static const struct spelling spellings[] = {
#include "units.def"
};
#undef UNIT
#undef ALSO

enum { SPELLING_COUNT = sizeof spellings / sizeof spellings[0] };

/* The unit whose spelling is the longest that `text` begins with and `fits`
 * accepts. */
static const tidu_unit *
longest(const tidu_parser *parser, uint32_t at, const char *text, size_t length, size_t *ret_length)
{
    const tidu_unit *found = NULL;
    size_t best = 0, unit = 0;

    for (size_t i = 0; i < SPELLING_COUNT; i++) {
        size_t size = strlen(spellings[i].text);
        unit += i > 0 && spellings[i].first;
        if (size <= best || size > length || memcmp(text, spellings[i].text, size) != 0)
            continue;
        if (parser ? !tidu_word_ends(parser, at + (uint32_t)size) : size != length)
            continue;
        best = size;
        found = &units[unit];
    }
    *ret_length = best;
    return found;
}

/* A unit stands behind its number, and what follows must not go on the word:
 * 3年 is a unit in 3年以上, not in 3年级. */
uint32_t
tidu_unit_at(const tidu_parser *parser, uint32_t at, const tidu_unit **ret_unit)
{
    size_t length;
    *ret_unit = longest(parser, at, parser->text + at, parser->length - at, &length);
    return (uint32_t)length;
}

const tidu_unit *
tidu_unit_find(const char *spelling, size_t length)
{
    size_t found;
    return longest(NULL, 0, spelling, length, &found);
}

const char *
tidu_unit_title(const tidu_unit *unit, tidu_lang lang)
{
    return lang == TIDU_ZH ? unit->zh : unit->en;
}

tidu_scale
tidu_unit_scale(const tidu_unit *unit)
{
    return unit->scale;
}

void
tidu_unit_type(const tidu_unit *unit, tidu_type *type)
{
    type->kind = TIDU_NUMBER;
    type->money = unit->money;
    type->count = unit->count;
    type->years = unit->years;
    type->days = unit->days;
    type->score = unit->score;
    type->scale = unit->scale;
    type->unit = unit;
}

static int64_t
common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Dividing crosswise first keeps the products as small as they can be. */
tidu_scale
tidu_scale_mul(tidu_scale a, tidu_scale b)
{
    int64_t first = common_divisor(a.num, b.den), second = common_divisor(b.num, a.den);
    tidu_scale product;

    if (first == 0 || second == 0 ||
        __builtin_mul_overflow(a.num / first, b.num / second, &product.num) ||
        __builtin_mul_overflow(a.den / second, b.den / first, &product.den))
        return (tidu_scale){0, 1};
    return product;
}

tidu_scale
tidu_scale_div(tidu_scale a, tidu_scale b)
{
    if (b.num == 0)
        return (tidu_scale){0, 1};
    return tidu_scale_mul(a, (tidu_scale){b.den, b.num});
}

bool
tidu_scale_same(tidu_scale a, tidu_scale b)
{
    return a.num == b.num && a.den == b.den;
}

struct dimension {
    const char *zh, *en;
    int8_t exponent;
};

/* "money", "count^2", with " * " between. False when there is none of that
 * sign. */
static bool
write_factors(tidu_text *out, const struct dimension *dimensions, tidu_lang lang, int sign)
{
    bool any = false;
    for (int i = 0; i < 5; i++) {
        int power = dimensions[i].exponent * sign;
        if (power <= 0)
            continue;
        if (any)
            tidu_text_puts(out, " * ");
        tidu_text_puts(out, lang == TIDU_ZH ? dimensions[i].zh : dimensions[i].en);
        if (power > 1)
            tidu_text_printf(out, "^%d", power);
        any = true;
    }
    return any;
}

static void
write_dimension(tidu_text *out, const tidu_type *type, tidu_lang lang)
{
    const struct dimension dimensions[] = {
        {"金额", "money", type->money}, {"数量", "count", type->count},
        {"年数", "years", type->years}, {"天数", "days", type->days},
        {"分数", "score", type->score},
    };
    tidu_text under = {0};

    bool over = write_factors(out, dimensions, lang, 1);
    bool divided = write_factors(&under, dimensions, lang, -1);
    if (!over && !divided && tidu_is_ratio(type))
        tidu_text_puts(out, lang == TIDU_ZH ? "比率" : "ratio");
    else if (!over && !divided)
        tidu_text_puts(out, lang == TIDU_ZH ? "数" : "number");
    else if (!over)
        tidu_text_puts(out, "1");
    if (divided) {
        tidu_text_puts(out, " / ");
        tidu_text_add(out, under.data, under.length);
    }
    tidu_text_free(&under);
}

char *
tidu_type_title(const tidu_type *type, tidu_lang lang, char *buffer, size_t size)
{
    static const char *const kinds[][2] = {
        [TIDU_NUMBER] = {"数", "number"}, [TIDU_FLAG] = {"条件", "condition"},
        [TIDU_DATE] = {"日期", "date"},   [TIDU_CODE] = {"代码", "code"},
        [TIDU_SET] = {"集合", "set"},     [TIDU_TEXT] = {"文字", "text"},
        [TIDU_LIST] = {"清单", "list"},
    };
    tidu_text out = {0};

    if (type->kind == TIDU_NUMBER)
        write_dimension(&out, type, lang);
    else
        tidu_text_puts(&out, kinds[type->kind][lang == TIDU_ZH ? 0 : 1]);
    snprintf(buffer, size, "%.*s", (int)out.length, out.data ? out.data : "");
    tidu_text_free(&out);
    return buffer;
}
