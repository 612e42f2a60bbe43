/*
 * receipt.c: one digest over rules, facts, terms and answer; see receipt.h.
 */
#include "receipt.h"

#include "skim.h"

#include <stdio.h>

static const char label[] = "tidu-receipt-1\n";
static const char opening[] = ",\"receipt\":";

bool
tidu_facts_digest(tidu_slice facts, bool csv, char ret[65])
{
    tidu_text squeezed = {0};
    if (!csv)
        tidu_skim_squeeze(facts, &squeezed);
    if (!squeezed.failed)
        tidu_digest(csv ? facts.data : squeezed.data, csv ? facts.length : squeezed.length, ret);
    bool good = !squeezed.failed;
    tidu_text_free(&squeezed);
    return good;
}

void
tidu_receipt_seal(struct receipt *receipt)
{
    unsigned char hash[TIDU_HASH_SIZE];
    const tidu_slice parts[] = {
        {label, sizeof label - 1}, {receipt->rules, 64},  {"\n", 1}, {receipt->facts, 64}, {"\n", 1},
        {receipt->answer, 64},     {"\n", 1},             receipt->terms};
    tidu_sha256(parts, sizeof parts / sizeof *parts, hash);
    tidu_hash_print(hash, receipt->digest);
}

void
tidu_receipt_write(const struct receipt *receipt, tidu_text *out)
{
    tidu_text_printf(out,
                     "{\"version\":1,\"rules\":\"%s\",\"facts\":\"%s\",\"answer\":\"%s\",\"terms\":",
                     receipt->rules, receipt->facts, receipt->answer);
    tidu_text_add(out, receipt->terms.data, receipt->terms.length);
    tidu_text_printf(out, ",\"digest\":\"%s\"}", receipt->digest);
}

void
tidu_receipt_attach(const struct receipt *receipt, tidu_text *out)
{
    if (out->failed || !out->length)
        return;
    out->length--; /* the brace */
    tidu_text_puts(out, opening);
    tidu_receipt_write(receipt, out);
    tidu_text_putc(out, '}');
}

/* ---- reading -------------------------------------------------------------------------- */

static bool
take_hash(tidu_slice value, char ret[65])
{
    unsigned char hash[TIDU_HASH_SIZE];
    if (value.length != 66 || !tidu_hash_parse(value.data + 1, 64, hash))
        return false;
    tidu_hash_print(hash, ret);
    return true;
}

bool
tidu_receipt_read(tidu_slice text, struct receipt *ret_receipt)
{
    enum { RULES = 1, FACTS = 2, ANSWER = 4, DIGEST = 8, TERMS = 16, VERSION = 32, ALL = 63 };
    tidu_skim skim;
    tidu_skim_item item;
    unsigned seen = 0;
    if (!tidu_skim_open(&skim, text, TIDU_SKIM_DEPTH))
        return false;
    while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM) {
        if (tidu_skim_is(item.key, "rules"))
            seen |= take_hash(item.value, ret_receipt->rules) ? RULES : 0;
        else if (tidu_skim_is(item.key, "facts"))
            seen |= take_hash(item.value, ret_receipt->facts) ? FACTS : 0;
        else if (tidu_skim_is(item.key, "answer"))
            seen |= take_hash(item.value, ret_receipt->answer) ? ANSWER : 0;
        else if (tidu_skim_is(item.key, "digest"))
            seen |= take_hash(item.value, ret_receipt->digest) ? DIGEST : 0;
        else if (tidu_skim_is(item.key, "version"))
            seen |= tidu_skim_is(item.value, "1") ? VERSION : 0;
        else if (tidu_skim_is(item.key, "terms")) {
            ret_receipt->terms = item.value;
            seen |= item.value.data[0] == '{' ? TERMS : 0;
        }
    }
    return seen == ALL;
}

bool
tidu_receipt_detach(tidu_slice answer, tidu_text *ret_answer, struct receipt *ret_receipt)
{
    tidu_skim skim;
    tidu_skim_item item;
    if (!tidu_skim_open(&skim, answer, TIDU_SKIM_DEPTH))
        return false;
    const char *end = NULL; /* of the member before it */
    while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM) {
        if (tidu_skim_is(item.key, "receipt") && end) {
            tidu_text_add(ret_answer, answer.data, (size_t)(end - answer.data));
            tidu_text_putc(ret_answer, '}');
            return tidu_receipt_read(item.value, ret_receipt) && !ret_answer->failed;
        }
        end = item.value.data + item.value.length;
    }
    return false;
}
