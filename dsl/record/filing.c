/*
 * filing.c: a value of a fact, checked, into its column.
 *
 * Both formats end here, so a figure means the same in JSON and in a table. A
 * value comes with the sink of its fact, which says what it must be and where
 * it goes; the filing knows the row and the year.
 *
 * Must not know: JSON, CSV. Owns its sinks; what it keeps of a record lies in
 * the record's text or in the block's arena.
 */
#include "internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

tidu_filing *
tidu_filing_open(const tidu_vocabulary *vocabulary)
{
    tidu_filing *filing = calloc(1, sizeof *filing);
    if (!filing)
        return NULL;
    filing->vocabulary = vocabulary;
    filing->keeping = vocabulary->layout.keeping;
    filing->arena = tidu_arena_open();
    if (filing->arena)
        filing->stated = tidu_arena_array(filing->arena, (size_t)vocabulary->fact_count + 1,
                                         sizeof *filing->stated);
    if (filing->stated)
        filing->sinks = tidu_sinks_build(filing->arena, &vocabulary->layout, vocabulary->facts,
                                        vocabulary->fact_count);
    if (!filing->sinks)
        tidu_filing_close(&filing);
    return filing;
}

void
tidu_filing_close(tidu_filing **filing)
{
    if (!*filing)
        return;
    tidu_arena_close(&(*filing)->arena);
    tidu_text_free(&(*filing)->scratch);
    free(*filing);
    *filing = NULL;
}

/* ---- records ---- */

void
tidu_filing_begin(tidu_filing *filing, tidu_block *block, tidu_error *reterr)
{
    assert(block->row_count < block->row_capacity);

    filing->block = block;
    filing->row = block->row_count;
    filing->full = false;
    filing->reterr = reterr;
    filing->subject = (tidu_subject){.item = -1};
    filing->record++;
    tidu_filing_set_row(filing);
}

tidu_read
tidu_filing_end(tidu_filing *filing, bool read)
{
    if (read) {
        tidu_block_finish_row(filing->block);
        return TIDU_READ_ROW;
    }
    tidu_block_truncate(filing->block, filing->row);
    return filing->full ? TIDU_READ_FULL : TIDU_READ_ERROR;
}

/* A year that no rule looks back to, or that is not over, is only checked. */
void
tidu_filing_set_year(tidu_filing *filing, int year)
{
    filing->subject.year = year;
    filing->lag =
        year > filing->block->year ? TIDU_NOT_STORED : (uint32_t)(filing->block->year - year);
}

void
tidu_filing_set_row(tidu_filing *filing)
{
    filing->index = filing->row;
    filing->lag = 0;
    filing->subject.year = 0;
}

/* ---- values ---- */

static inline void
set_bit(uint64_t *bits, uint32_t index)
{
    bits[index / 64] |= (uint64_t)1 << index % 64;
}

static bool
out_of_memory(tidu_filing *filing)
{
    return tidu_error_set(filing->reterr, TIDU_MEMORY, NULL);
}

/* A copy in the block's arena; data is NULL when memory ran out. */
static tidu_slice
copy(tidu_filing *filing, tidu_slice text)
{
    return (tidu_slice){tidu_arena_copy_n(filing->block->arena, text.data, text.length),
                        text.length};
}

static bool
spell_number(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    tidu_slice text = given->json ? given->raw : copy(filing, given->text);
    uint32_t column = (uint32_t)sink->fact->slots.columns[filing->lag];
    if (!text.data || !tidu_block_spell(filing->block, column, filing->index, text))
        return out_of_memory(filing);
    return true;
}

bool
tidu_filing_number(tidu_filing *filing, const tidu_sink *sink, const tidu_number *number,
                  const tidu_given *given)
{
    if (sink->whole && !number->whole)
        return tidu_complain(filing, TIDU_RECORD_NOT_WHOLE, given->raw, "integer", NULL);
    if (number->value < sink->low)
        return tidu_complain_low(filing, sink, given->raw);
    if (number->value > sink->high)
        return tidu_complain_high(filing, sink, given->raw);

    int32_t place = tidu_filing_place(filing, sink);
    tidu_filing_put_number(filing, place, number->value);
    return !number->spelled || place == TIDU_NONE || spell_number(filing, sink, given);
}

bool
tidu_filing_date(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    int32_t days;
    if (!tidu_date_parse(given->text.data, given->text.length, &days))
        return tidu_complain_kind(filing, sink, given->raw);
    tidu_filing_put_number(filing, tidu_filing_place(filing, sink), days);
    return true;
}

/* ---- words: what is only shown ---- */

static bool
keep_words(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    tidu_block *block = filing->block;
    if (sink->words == TIDU_NONE || filing->lag)
        return true;

    tidu_slice words = given->raw;
    if (!given->json) {
        filing->scratch.length = 0;
        tidu_text_json(&filing->scratch, given->text.data, given->text.length);
        words = (tidu_slice){filing->scratch.data, filing->scratch.length};
        if (!filing->scratch.failed)
            words = copy(filing, words);
        if (filing->scratch.failed || !words.data)
            return out_of_memory(filing);
    }
    block->words[(size_t)filing->row * block->layout->word_count + (uint32_t)sink->words] = words;
    return true;
}

/* INVARIANT: lists what RECORD_USCC says in words. */
static const bool uscc_bytes[256] = {
    ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true,
    ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['A'] = true, ['B'] = true,
    ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true,
    ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['P'] = true,
    ['Q'] = true, ['R'] = true, ['T'] = true, ['U'] = true, ['W'] = true, ['X'] = true,
    ['Y'] = true,
};

static bool
is_uscc(tidu_slice text)
{
    bool good = text.length == 18;
    for (size_t i = 0; good && i < 18; i++)
        good = uscc_bytes[(unsigned char)text.data[i]];
    return good;
}

static bool
are_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static bool
check_pattern(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    if (sink->pattern == TIDU_PATTERN_USCC && !is_uscc(given->text))
        return tidu_complain(filing, TIDU_RECORD_USCC, given->raw, "[0-9A-HJ-NP-RTUW-Y]{18}", NULL);
    if (sink->pattern == TIDU_PATTERN_REGION &&
        (given->text.length != 6 || !are_digits(given->text.data, 6)))
        return tidu_complain(filing, TIDU_RECORD_REGION, given->raw, "[0-9]{6}", NULL);
    return true;
}

bool
tidu_filing_text(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    return check_pattern(filing, sink, given) && keep_words(filing, sink, given);
}

/* ---- codes ---- */

static const tidu_spelled_choice *
find_choice(const tidu_sink *sink, tidu_slice text)
{
    tidu_ends ends = tidu_ends_of(text.data, text.length);
    for (uint32_t i = 0; i < sink->choice_count; i++)
        if (tidu_word_is(&sink->choices[i].word, ends, text.data, text.length))
            return &sink->choices[i];
    return NULL;
}

static const tidu_section *
find_section(const tidu_fact *fact, const char *digits)
{
    for (uint32_t i = 0; i < fact->section_count; i++) {
        const tidu_section *section = &fact->sections[i];
        if (memcmp(section->from, digits, 2) <= 0 && memcmp(digits, section->to, 2) <= 0)
            return section;
    }
    return NULL;
}

static bool
is_section_letter(const tidu_fact *fact, char byte)
{
    for (uint32_t i = 0; i < fact->section_count; i++)
        if (fact->sections[i].letter == byte)
            return true;
    return false;
}

static bool
complain_section_form(tidu_filing *filing, const tidu_fact *fact, const tidu_given *given)
{
    char example[4] = {fact->sections->letter, fact->sections->from[0], fact->sections->from[1]};
    return tidu_complain(filing, TIDU_RECORD_SECTION_FORM, given->raw, "[A-Z]?[0-9]{2,}", example);
}

static bool
complain_divisions(tidu_filing *filing, const tidu_fact *fact, const tidu_given *given)
{
    char ranges[TIDU_ARGUMENT_SIZE] = "";
    size_t length = 0;
    for (uint32_t i = 0; i < fact->section_count && length + 8 < sizeof ranges; i++) {
        const tidu_section *section = &fact->sections[i];
        length += (size_t)snprintf(ranges + length, sizeof ranges - length, "%s%.2s-%.2s",
                                   i ? ", " : "", section->from, section->to);
    }
    return tidu_complain(filing, TIDU_RECORD_DIVISION, given->raw, ranges, NULL);
}

/* Give the code its letter, or make sure that it has the right one. The
 * spelling with the letter is written to `buffer`. */
static bool
add_section(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given,
            char buffer[TIDU_STORE_CODE_SIZE + 2], tidu_slice *ret_code)
{
    const tidu_fact *fact = sink->fact;
    tidu_slice text = given->text;
    bool letter = is_section_letter(fact, text.data[0]);
    const char *digits = text.data + letter;
    size_t count = text.length - letter;

    if (count == 1 || !are_digits(digits, count) || (!letter && !count))
        return complain_section_form(filing, fact, given);
    *ret_code = text;
    if (!count)
        return true;
    const tidu_section *section = find_section(fact, digits);
    if (!section)
        return complain_divisions(filing, fact, given);
    buffer[0] = section->letter;
    memcpy(buffer + 1, digits, count);
    buffer[count + 1] = '\0';
    if (letter && section->letter != text.data[0])
        return tidu_complain(filing, TIDU_RECORD_SECTION, given->raw, "[A-Z]?[0-9]{2,}", buffer);
    if (!letter)
        *ret_code = (tidu_slice){buffer, count + 1};
    return true;
}

/* What a code comes to: its full spelling and its class. */
struct code {
    tidu_slice text; /* as it is shown; of choices perhaps a title */
    tidu_slice code; /* what stands for it */
    uint32_t class_number;
    bool rewritten; /* `text` lies in a buffer that goes away */
};

static bool
read_code(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given,
          char buffer[TIDU_STORE_CODE_SIZE + 2], struct code *ret)
{
    if (!given->text.length)
        return tidu_complain(filing, TIDU_RECORD_EMPTY_CODE, given->raw, "string", NULL);
    if (sink->choices) {
        const tidu_spelled_choice *choice = find_choice(sink, given->text);
        if (!choice)
            return tidu_complain_choice(filing, sink, given);
        const char *code = sink->fact->symbol.type.choices->items[choice->choice].code;
        *ret = (struct code){given->text, tidu_slice_of(code), sink->classes[choice->choice],
                             false};
        return true;
    }
    if (given->text.length > TIDU_STORE_CODE_SIZE)
        return tidu_complain(filing, TIDU_RECORD_NOT_CODE, given->raw, "string", NULL);
    if (!check_pattern(filing, sink, given))
        return false;
    ret->text = given->text;
    if (sink->fact->section_count && !add_section(filing, sink, given, buffer, &ret->text))
        return false;
    ret->code = ret->text;
    ret->rewritten = ret->text.data == buffer;
    ret->class_number =
        tidu_codebook_class(&sink->fact->slots.book, ret->text.data, ret->text.length);
    return true;
}

/* The number that those who keep records give a code. */
static bool
keep_code(tidu_filing *filing, const tidu_fact *fact, tidu_slice code, uint32_t *ret_number)
{
    return filing->keeping->code(filing->keeping->context, fact, code, ret_number) ||
           out_of_memory(filing);
}

bool
tidu_filing_code(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    char buffer[TIDU_STORE_CODE_SIZE + 2];
    struct code code;
    if (!read_code(filing, sink, given, buffer, &code))
        return false;
    if (filing->keeping && !keep_code(filing, sink->fact, code.code, &code.class_number))
        return false;
    tidu_filing_put_number(filing, tidu_filing_place(filing, sink), code.class_number);
    if (!code.rewritten)
        return keep_words(filing, sink, given);
    return keep_words(filing, sink, &(tidu_given){code.text, given->raw, false});
}

/* ---- sets ---- */

void
tidu_filing_set_begin(tidu_filing *filing)
{
    filing->code_count = 0;
    filing->tests = 0;
    filing->scratch.length = 0;
}

/* Codes count as the record lists them, one given twice too: a policy that
 * counts certificates counts entries. */
bool
tidu_filing_set_add(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    char buffer[TIDU_STORE_CODE_SIZE + 2];
    struct code code;
    if (!read_code(filing, sink, given, buffer, &code))
        return false;
    if (filing->code_count == TIDU_STORE_CODES) {
        char most[16];
        snprintf(most, sizeof most, "%d", TIDU_STORE_CODES);
        return tidu_complain(filing, TIDU_RECORD_SET_LONG, given->raw, most, NULL);
    }
    filing->code_count++;
    if (filing->keeping) {
        tidu_text_add(&filing->scratch, code.code.data, code.code.length);
        tidu_text_putc(&filing->scratch, '\n');
    }
    if (sink->fact->slots.test_count)
        filing->tests |= sink->fact->slots.class_tests[code.class_number];
    return true;
}

bool
tidu_filing_set_end(tidu_filing *filing, const tidu_sink *sink)
{
    uint32_t number = filing->code_count;
    tidu_slice codes = {filing->scratch.length ? filing->scratch.data : "",
                        filing->scratch.length};
    if (filing->lag)
        return true;
    if (filing->scratch.failed)
        return out_of_memory(filing);
    if (filing->keeping && !keep_code(filing, sink->fact, codes, &number))
        return false;
    tidu_filing_put_number(filing, sink->places[0], number);
    for (uint32_t i = 0; i < sink->fact->slots.test_count; i++)
        tidu_filing_put_flag(filing, sink->places[i + 1], filing->tests >> i & 1);
    return true;
}

/* ---- lists ---- */

void
tidu_filing_list(tidu_filing *filing, const tidu_sink *sink)
{
    int32_t frame = sink->fact->slots.frame;
    if (frame != TIDU_NONE && !filing->lag)
        set_bit(filing->block->list_known[frame], filing->row);
}

static bool
next_item(tidu_filing *filing, uint32_t frame)
{
    tidu_block *block = filing->block;
    uint32_t item = block->item_count[frame];
    if (item == block->item_capacity) {
        filing->full = block->item_start[frame][filing->row] > 0;
        char most[16];
        snprintf(most, sizeof most, "%u", block->item_capacity);
        return !filing->full &&
               tidu_complain(filing, TIDU_RECORD_LIST_LONG, (tidu_slice){0}, most, NULL);
    }
    block->item_row[frame][item] = filing->row;
    block->item_count[frame]++;
    filing->index = item;
    return true;
}

bool
tidu_filing_item(tidu_filing *filing, const tidu_sink *sink)
{
    int32_t frame = sink->fact->slots.frame;
    if (frame == TIDU_NONE || filing->lag) {
        filing->lag = TIDU_NOT_STORED;
        return true;
    }
    return next_item(filing, (uint32_t)frame);
}

/* ---- titles ---- */

/* An entry as it is stated becomes the next item of the list of titles. */
static bool
keep_title(tidu_filing *filing, const tidu_title_entry *entry, tidu_kept_state state)
{
    const tidu_layout *layout = &filing->vocabulary->layout;
    const tidu_keeping *keeping = filing->keeping;
    const double days[] = {entry->granted, entry->reviewed, entry->expires, entry->cancelled};
    uint32_t number;
    if (!next_item(filing, keeping->title_frame))
        return false;
    if (!keep_code(filing, NULL, tidu_slice_of(layout->titles[entry->title].id), &number))
        return false;
    const uint32_t *columns = keeping->title_columns;
    tidu_filing_put_number(filing, tidu_sink_place(layout, (int32_t)columns[TIDU_KEPT_TITLE]),
                           number);
    tidu_filing_put_number(filing, tidu_sink_place(layout, (int32_t)columns[TIDU_KEPT_STATE]),
                           state);
    for (int i = 0; i < 4; i++)
        if (days[i] > INT32_MIN && days[i] < INT32_MAX)
            tidu_filing_put_number(
                filing, tidu_sink_place(layout, (int32_t)columns[TIDU_KEPT_GRANTED + i]), days[i]);
    filing->index = filing->row;
    return true;
}

bool
tidu_filing_hold(tidu_filing *filing, int32_t title, bool held)
{
    if (filing->keeping)
        return keep_title(filing,
                          &(tidu_title_entry){title, INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX},
                          held ? TIDU_KEPT_HELD : TIDU_KEPT_NOT_HELD);
    tidu_title_hold(&filing->vocabulary->layout, title, held, filing->block, filing->row);
    return true;
}

bool
tidu_filing_title(tidu_filing *filing, const tidu_title_entry *entry)
{
    char from[11], through[11];
    if (entry->granted > entry->expires)
        return tidu_complain(filing, TIDU_RECORD_TITLE_DATES,
                             tidu_slice_of(tidu_date_format(entry->granted, from)), NULL,
                             tidu_date_format(entry->expires, through));
    if (filing->keeping)
        return keep_title(filing, entry, TIDU_KEPT_ENTRY);
    tidu_title_file(&filing->vocabulary->layout, entry, filing->block, filing->row);
    return true;
}

void
tidu_filing_titles(tidu_filing *filing)
{
    if (filing->keeping)
        set_bit(filing->block->list_known[filing->keeping->title_frame], filing->row);
    for (uint32_t i = 0; !filing->keeping && i < filing->vocabulary->layout.title_count; i++)
        tidu_title_hold(&filing->vocabulary->layout, (int32_t)i, false, filing->block,
                        filing->row);
}

int32_t
tidu_filing_find_title(const tidu_filing *filing, tidu_slice id)
{
    const tidu_layout *layout = &filing->vocabulary->layout;
    uint32_t low = 0, high = layout->title_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *at = layout->titles[middle].id;
        int order = strncmp(at, id.data, id.length);
        if (!order && !at[id.length])
            return (int32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return TIDU_NONE;
}
