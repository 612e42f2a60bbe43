/*
 * invent.c: a row of columns as a record that a client would send.
 *
 * The other way round from dsl/record: figures under their names and years, a code for a
 * class, codes for the tests of a set, titles that are held.
 *
 * Must not know: goals, searches.
 */
#include "differ.h"

#include <stdio.h>
#include <stdlib.h>

struct inventing {
    const struct differing *differing;
    const tidu_vocabulary *vocabulary;
    tidu_block *block;
    int32_t day;
    tidu_text *out;
    bool first; /* member of the record */
};

static bool
is_there(const struct inventing *inventing, int32_t column)
{
    return column != TIDU_NONE && is_known(cell_of(inventing->block, (uint32_t)column), 0);
}

static double
value_at(const struct inventing *inventing, int32_t column)
{
    return value_in(cell_of(inventing->block, (uint32_t)column), 0);
}

static void
put_name(struct inventing *inventing, const char *name)
{
    tidu_text_puts(inventing->out, inventing->first ? "" : ",");
    inventing->first = false;
    tidu_path_string(inventing->out, name);
    tidu_text_putc(inventing->out, ':');
}

static void
put_day(struct inventing *inventing, int32_t day)
{
    char date[11];
    tidu_path_string(inventing->out, tidu_date_format(day, date));
}

/* ---- codes ---- */

static bool
try_code(const tidu_codebook *book, uint32_t class, char *code, size_t length, uint32_t depth)
{
    if (tidu_codebook_class(book, code, length) == class) {
        code[length] = '\0';
        return true;
    }
    for (char digit = '9'; depth && digit >= '0'; digit--) {
        code[length] = digit;
        if (try_code(book, class, code, length + 1, depth - 1))
            return true;
    }
    return false;
}

/* A code of that class, with the letter its digits want. */
static bool
sectioned_code(const tidu_fact *fact, uint32_t class, char code[TIDU_CODE_SIZE + 8])
{
    for (uint32_t s = 0; s < fact->section_count; s++) {
        const tidu_section *section = &fact->sections[s];
        for (int first = atoi(section->from); first <= atoi(section->to); first++) {
            size_t length =
                (size_t)snprintf(code, TIDU_CODE_SIZE, "%c%02d", section->letter, first);
            if (try_code(&fact->slots.book, class, code, length, 3))
                return true;
        }
        code[0] = section->letter;
        if (try_code(&fact->slots.book, class, code, 1, 0))
            return true;
    }
    return false;
}

static bool
open_code(const tidu_fact *fact, uint32_t class, char code[TIDU_CODE_SIZE + 8])
{
    static const char *const tails[] = {"", "0", "00", "~", "其他"};
    const tidu_codebook *book = &fact->slots.book;
    tidu_slice entry = class ? book->entries[(class - 1) / 2] : (tidu_slice){"", 0};
    for (size_t t = !(class & 1); t < sizeof tails / sizeof *tails; t++) {
        int length =
            snprintf(code, TIDU_CODE_SIZE, "%.*s%s", (int)entry.length, entry.data, tails[t]);
        if (length > 0 && length < TIDU_CODE_SIZE &&
            tidu_codebook_class(book, code, (size_t)length) == class)
            return true;
    }
    return false;
}

static bool
code_of(const tidu_fact *fact, uint32_t class, char code[TIDU_CODE_SIZE + 8])
{
    const tidu_choices *choices = fact->symbol.type.choices;
    for (uint32_t c = 0; choices && c < choices->count; c++)
        if (tidu_codebook_class(&fact->slots.book, choices->items[c].code,
                                strlen(choices->items[c].code)) == class) {
            snprintf(code, TIDU_CODE_SIZE, "%s", choices->items[c].code);
            return true;
        }
    if (choices)
        return false;
    return fact->section_count ? sectioned_code(fact, class, code) : open_code(fact, class, code);
}

/* ---- values ---- */

static void
put_value(struct inventing *inventing, const tidu_fact *fact, int32_t column)
{
    char code[TIDU_CODE_SIZE + 8];
    double value = value_at(inventing, column);
    switch (fact->symbol.type.kind) {
    case TIDU_FLAG:
        tidu_text_puts(inventing->out, value != 0 ? "true" : "false");
        break;
    case TIDU_DATE:
        put_day(inventing, (int32_t)value);
        break;
    case TIDU_CODE:
        if (code_of(fact, (uint32_t)value, code))
            tidu_path_string(inventing->out, code);
        else
            tidu_text_puts(inventing->out, "null");
        break;
    default:
        tidu_text_number(inventing->out, value);
    }
}

static void
put_years(struct inventing *inventing, const tidu_fact *fact)
{
    bool any = false;
    for (uint32_t lag = 0; lag < fact->slots.lag_count; lag++) {
        if (!is_there(inventing, fact->slots.columns[lag]))
            continue;
        if (!any)
            put_name(inventing, fact->symbol.name);
        if (fact->symbol.type.annual)
            tidu_text_printf(inventing->out, "%s\"%d\":", any ? "," : "{",
                             inventing->block->year - (int)lag);
        put_value(inventing, fact, fact->slots.columns[lag]);
        any = true;
    }
    if (any && fact->symbol.type.annual)
        tidu_text_putc(inventing->out, '}');
}

/* ---- sets ---- */

/* Tests that a set has to pass, a bit each. */
static uint64_t
passed(const struct inventing *inventing, const tidu_fact *fact)
{
    uint64_t tests = 0;
    for (uint32_t t = 0; t < fact->slots.test_count; t++)
        if (is_there(inventing, fact->slots.test_columns[t]) &&
            value_at(inventing, fact->slots.test_columns[t]) != 0)
            tests |= UINT64_C(1) << t;
    return tests;
}

/* Codes that pass these tests and no others, and as many as are counted. */
static void
put_set(struct inventing *inventing, const tidu_fact *fact)
{
    const tidu_slots *slots = &fact->slots;
    uint64_t open = passed(inventing, fact), wanted = open;
    double count =
        is_there(inventing, slots->count_column) ? value_at(inventing, slots->count_column) : 0;
    char code[TIDU_CODE_SIZE + 8];
    uint32_t told = 0, last = 0;
    if (slots->count_column == TIDU_NONE && !slots->test_count)
        return;
    put_name(inventing, fact->symbol.name);
    tidu_text_putc(inventing->out, '[');
    for (uint32_t c = 0; c <= 2 * slots->book.count; c++) {
        uint64_t tests = slots->class_tests[c];
        if (!(tests & open) || tests & ~wanted || !code_of(fact, c, code))
            continue;
        tidu_text_puts(inventing->out, told++ ? "," : "");
        tidu_path_string(inventing->out, code);
        open &= ~tests;
    }
    /* the rest pass no test, or are told twice: entries count, whatever they are */
    while (last <= 2 * slots->book.count &&
           (slots->class_tests[last] & ~wanted || !code_of(fact, last, code)))
        last++;
    for (; told < count && told < 1000 && last <= 2 * slots->book.count; told++) {
        tidu_text_puts(inventing->out, told ? "," : "");
        tidu_path_string(inventing->out, code);
    }
    tidu_text_putc(inventing->out, ']');
}

/* ---- titles ---- */

static void
put_held(struct inventing *inventing)
{
    const tidu_layout *layout = &inventing->vocabulary->layout;
    bool first = true;
    put_name(inventing, "titles");
    tidu_text_putc(inventing->out, '[');
    for (uint32_t t = 0; t < layout->title_count; t++) {
        const tidu_title_slot *title = &layout->titles[t];
        if (!is_there(inventing, title->column) || value_at(inventing, title->column) == 0)
            continue;
        tidu_text_puts(inventing->out, first ? "{\"id\":" : ",{\"id\":");
        first = false;
        tidu_path_string(inventing->out, title->id);
        tidu_text_puts(inventing->out, ",\"granted\":");
        put_day(inventing, inventing->day);
        tidu_text_puts(inventing->out, ",\"expires\":\"2099-12-31\"}");
    }
    tidu_text_putc(inventing->out, ']');
}

void
tidu_put_invented(const struct differing *differing, const struct leeway *leeway, int32_t day,
                  tidu_text *out)
{
    const tidu_vocabulary *vocabulary = &differing->joint->vocabulary;
    struct inventing inventing = {differing, vocabulary, leeway->block, day, out, true};
    tidu_text_putc(out, '{');
    for (uint32_t f = 0; f < vocabulary->fact_count; f++) {
        const tidu_fact *fact = &vocabulary->facts[f];
        if (fact->symbol.type.kind == TIDU_SET)
            put_set(&inventing, fact);
        else if (fact->symbol.type.kind == TIDU_LIST && fact->slots.frame != TIDU_NONE) {
            put_name(&inventing, fact->symbol.name);
            tidu_text_puts(out, "[]");
        } else if (!fact->derived)
            put_years(&inventing, fact);
    }
    put_held(&inventing);
    tidu_text_putc(out, '}');
}
