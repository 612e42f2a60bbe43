/*
 * tell.c: what all results say first: about whom, when, by which rules.
 */
#include "internal.h"

#include <math.h>

#include <string.h>

void
tidu_inquiry_words(const tidu_titles *title, tidu_lang lang, tidu_text *out)
{
    const char *zh = title->zh ? title->zh : "", *en = title->en ? title->en : zh;
    tidu_text_putc(out, '{');
    if (lang != TIDU_EN) {
        tidu_text_puts(out, "\"zh\":");
        tidu_text_json(out, zh, strlen(zh));
    }
    if (lang == TIDU_BOTH)
        tidu_text_putc(out, ',');
    if (lang != TIDU_ZH) {
        tidu_text_puts(out, "\"en\":");
        tidu_text_json(out, en, strlen(en));
    }
    tidu_text_putc(out, '}');
}

void
tidu_inquiry_head(const tidu_inquiry *inquiry, const tidu_reform *reform, tidu_text *out)
{
    const tidu_population_facts about = tidu_population_about(inquiry->population);
    char date[11];
    tidu_text_printf(out,
                     "\"as_of\":\"%s\",\"population\":{\"digest\":\"%s\",\"enterprises\":%llu,"
                     "\"synthetic\":%s",
                     tidu_date_format(inquiry->as_of, date), about.digest,
                     (unsigned long long)about.rows, about.synthetic ? "true" : "false");
    if (about.synthetic)
        tidu_text_printf(out, ",\"seed\":%llu", (unsigned long long)about.seed);
    tidu_text_puts(out, "},");
    tidu_inquiry_rules(reform, out);
}

void
tidu_inquiry_rules(const tidu_reform *reform, tidu_text *out)
{
    tidu_text_printf(out, "\"ruleset\":\"%.12s\",\"changes\":{",
                     tidu_ruleset_digest(reform->ruleset));
    for (size_t i = 0; i < reform->change_count; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, reform->changes[i].address, strlen(reform->changes[i].address));
        tidu_text_putc(out, ':');
        tidu_text_json(out, reform->changes[i].value, strlen(reform->changes[i].value));
    }
    tidu_text_putc(out, '}');
}

int64_t
tidu_money_fixed(double amount)
{
    double fixed = amount * MONEY_SCALE;
    return fixed > (double)MOST_MONEY    ? MOST_MONEY
           : fixed < -(double)MOST_MONEY ? -MOST_MONEY
                                         : llround(fixed);
}

void
tidu_money_add(int64_t *sum, int64_t amount)
{
    if (__builtin_add_overflow(*sum, amount, sum))
        *sum = amount > 0 ? INT64_MAX : -INT64_MAX;
}

void
tidu_money_put(int64_t amount, tidu_text *out)
{
    tidu_text_number(out, (double)amount / MONEY_SCALE);
}

/* ---- who it is about ---- */

bool
tidu_witness_open(struct witness *witness, const tidu_inquiry *inquiry,
                  const tidu_vocabulary *vocabulary, tidu_error *reterr)
{
    *witness = (struct witness){.population = inquiry->population, .vocabulary = vocabulary};
    witness->binding = tidu_binding_open(inquiry->population, vocabulary, inquiry->as_of, reterr);
    if (!witness->binding)
        return false;
    witness->block = tidu_block_open(&vocabulary->layout, 1);
    return witness->block || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

void
tidu_witness_close(struct witness *witness)
{
    tidu_block_close(&witness->block);
    tidu_binding_close(&witness->binding);
}

/* As JSON text with its quotes; length 0 when it is not known. */
static tidu_slice
word_of(const struct witness *witness, int32_t fact)
{
    int32_t at = fact == TIDU_NONE ? TIDU_NONE : witness->vocabulary->facts[fact].slots.words;
    return at == TIDU_NONE ? (tidu_slice){NULL, 0} : witness->block->words[at];
}

static void
put_word(const struct witness *witness, int32_t fact, const char *key, tidu_text *out)
{
    tidu_slice word = word_of(witness, fact);
    if (!word.length)
        return;
    tidu_text_printf(out, ",\"%s\":", key);
    tidu_text_add(out, word.data, word.length);
}

bool
tidu_witness_put(struct witness *witness, uint32_t group, uint32_t row, tidu_text *out)
{
    if (!tidu_binding_load(witness->binding, group, row, 1, true, witness->block))
        return false;
    tidu_text_printf(out, "\"record\":%llu",
                     (unsigned long long)tidu_population_record(witness->population, group, row));
    put_word(witness, witness->vocabulary->uscc, "uscc", out);
    put_word(witness, witness->vocabulary->enterprise_name, "name", out);
    return true;
}

/* The character behind \u at `at`; surrogates come as two. */
static unsigned
escaped(const char **at, const char *end)
{
    unsigned point = 0;
    for (int i = 0; i < 4 && *at < end; i++, ++*at) {
        char c = **at;
        point = point * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    if (point >= 0xd800 && point < 0xdc00 && end - *at > 6) {
        *at += 2;
        point = 0x10000 + ((point - 0xd800) << 10) + (escaped(at, end) - 0xdc00);
    }
    return point;
}

static void
put_point(unsigned point, tidu_text *out)
{
    if (point < 0x80) {
        tidu_text_putc(out, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    tidu_text_putc(out, (char)((0xf00 >> more & 0xff) | point >> (6 * more)));
    while (more--)
        tidu_text_putc(out, (char)(0x80 | (point >> (6 * more) & 0x3f)));
}

/* A JSON text, as readers checked it, without quotes and escapes. */
static void
decode(tidu_slice word, tidu_text *out)
{
    static const char named[] = "b\bf\fn\nr\rt\t";
    const char *at = word.data + 1, *end = word.data + word.length - 1;
    while (at < end) {
        char c = *at++;
        if (c != '\\' || at == end) {
            tidu_text_putc(out, c);
            continue;
        }
        c = *at++;
        const char *name = strchr(named, c);
        if (c == 'u')
            put_point(escaped(&at, end), out);
        else
            tidu_text_putc(out, name && (name - named) % 2 == 0 ? name[1] : c);
    }
}

/* A word as its record said it, empty when it is not known; free it. */
static tidu_text
said_of(const struct witness *witness, int32_t fact)
{
    tidu_slice word = word_of(witness, fact);
    tidu_text said = {0};
    if (word.length > 2)
        decode(word, &said);
    return said;
}

static void
put_cell(const struct witness *witness, int32_t fact, tidu_text *out)
{
    tidu_text said = said_of(witness, fact);
    tidu_text_putc(out, ',');
    tidu_text_csv(out, said.data, said.length);
    out->failed |= said.failed;
    tidu_text_free(&said);
}

bool
tidu_witness_csv(struct witness *witness, uint32_t group, uint32_t row, tidu_text *out)
{
    if (!tidu_binding_load(witness->binding, group, row, 1, true, witness->block))
        return false;
    tidu_text_printf(out, "%llu",
                     (unsigned long long)tidu_population_record(witness->population, group, row));
    put_cell(witness, witness->vocabulary->uscc, out);
    put_cell(witness, witness->vocabulary->enterprise_name, out);
    return true;
}

bool
tidu_witness_is(const struct witness *witness, const char *enterprise)
{
    const int32_t facts[2] = {witness->vocabulary->uscc, witness->vocabulary->enterprise_name};
    bool same = false;
    for (int i = 0; i < 2 && !same; i++) {
        tidu_text said = said_of(witness, facts[i]);
        same = !said.failed && said.length && said.length == strlen(enterprise) &&
               !memcmp(said.data, enterprise, said.length);
        tidu_text_free(&said);
    }
    return same;
}
