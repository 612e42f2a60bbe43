/*
 * witness.c: what is decided is written down.
 *
 *   answer ─► its digest ─┬► receipt, in the answer
 *                         └► entry ─► the worker's, until its turn is over ─► store
 *
 * With durability "commit" the session's answers are withheld until the store
 * says that their entries are on the disk; what does not depend on it flows on.
 *
 * Facts that the rules call personal are hidden in the entry, which then cannot
 * be replayed by itself.
 *
 * Must not know: sockets, how entries are kept.
 *
 * Ownership: whoever decides owns the unfinished entries.
 */
#include "internal.h"

#include "receipt.h"

#include <stdio.h>
#include <stdlib.h>

enum { HAND_OVER_BYTES = 32 * 1024 };

/* ---- terms ------------------------------------------------------------------------- */

void
tidu_terms_write(const struct terms *terms, tidu_text *out)
{
    static const char *const parts[] = {"designations", "subsidies", "measures"};
    char date[11];
    bool any = false;
    tidu_text_printf(out, "{\"as_of\":\"%s\",\"explain\":\"%s\",\"lang\":\"%s\"",
                     tidu_date_format(terms->as_of, date), tidu_explain_names[terms->explain],
                     tidu_lang_names[terms->lang]);
    if (terms->ignore_unknown)
        tidu_text_puts(out, ",\"unknown_facts\":\"ignore\"");
    for (unsigned i = 0; i < 3; i++) {
        if (!(terms->include >> i & 1))
            continue;
        tidu_text_printf(out, "%s\"%s\"", any ? "," : ",\"include\":[", parts[i]);
        any = true;
    }
    tidu_text_puts(out, any ? "]" : "");
    if (terms->jurisdiction)
        tidu_text_printf(out, ",\"jurisdiction\":\"%06u\"", terms->jurisdiction);
    if (terms->designations.data) {
        tidu_text_puts(out, ",\"designations\":");
        tidu_text_add(out, terms->designations.data, terms->designations.length);
    }
    tidu_text_putc(out, '}');
}

/* ---- what is hidden ------------------------------------------------------------------ */

/* True when the member states a fact the rules call personal. */
static bool
is_personal(const tidu_vocabulary *vocabulary, tidu_slice key)
{
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, key.data, key.length);
    return fact && fact->personal;
}

/* The record with what is personal replaced; false when nothing had to be. */
static bool
mask_json(const tidu_vocabulary *vocabulary, tidu_slice facts, tidu_text *out)
{
    tidu_skim skim;
    tidu_skim_item item;
    const char *copied = facts.data;
    bool any = false;
    if (!tidu_skim_open(&skim, facts, TIDU_SKIM_DEPTH))
        return false;
    while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM) {
        if (!is_personal(vocabulary, item.key))
            continue;
        tidu_text_add(out, copied, (size_t)(item.value.data - copied));
        tidu_text_puts(out, "\"*\"");
        copied = item.value.data + item.value.length;
        any = true;
    }
    if (any)
        tidu_text_add(out, copied, (size_t)(facts.data + facts.length - copied));
    return any;
}

/* ---- one decision --------------------------------------------------------------------- */

static bool
has_personal(const tidu_vocabulary *vocabulary)
{
    return vocabulary->personal_count > 0;
}

/* With the name of the token as their last member, which tidu_entry_unsigned takes
 * away again. Names need no escapes. */
static tidu_slice
sign(tidu_slice terms, const struct who *who, tidu_text *out, unsigned *flags)
{
    tidu_text_add(out, terms.data, terms.length - 1);
    tidu_text_printf(out, ",\"token\":\"%s\"}", who->token);
    if (out->failed)
        return terms;
    *flags |= TIDU_ENTRY_TOKEN;
    return (tidu_slice){out->data, out->length};
}

static void
write_entry(const struct deposition *deposition, const unsigned char answer[TIDU_HASH_SIZE],
            struct witness *witness)
{
    const struct terms *terms = deposition->terms;
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(terms->ruleset);
    struct entry entry = {
        .kind = TIDU_ENTRY_DECISION,
        .flags = deposition->flags,
        .user = (uint32_t)deposition->who->user,
        .time_us = (int64_t)(deposition->time * 1e6),
        .terms = deposition->written,
        .facts = deposition->facts,
    };
    tidu_text masked = {0}, signed_terms = {0};
    if (*deposition->who->token)
        entry.terms = sign(entry.terms, deposition->who, &signed_terms, &entry.flags);
    tidu_hash_parse(tidu_ruleset_digest(terms->ruleset), 64, entry.rules);
    memcpy(entry.answer, answer, TIDU_HASH_SIZE);
    if (has_personal(vocabulary) && (entry.flags & TIDU_ENTRY_CSV)) {
        entry.facts = (tidu_slice){"*", 1}; /* whose columns mean what is not worth the risk */
        entry.flags |= TIDU_ENTRY_MASKED;
    } else if (has_personal(vocabulary) && mask_json(vocabulary, entry.facts, &masked)) {
        entry.facts = (tidu_slice){masked.data, masked.failed ? 0 : masked.length};
        entry.flags |= TIDU_ENTRY_MASKED;
    }
    tidu_entry_write(&entry, &witness->entries);
    witness->count++;
    tidu_text_free(&masked);
    tidu_text_free(&signed_terms);
}

static void
attach_receipt(const struct deposition *deposition, const unsigned char answer[TIDU_HASH_SIZE],
               tidu_text *out)
{
    struct receipt receipt = {.terms = deposition->written};
    if (!tidu_facts_digest(deposition->facts, deposition->flags & TIDU_ENTRY_CSV, receipt.facts)) {
        out->failed = true;
        return;
    }
    memcpy(receipt.rules, tidu_ruleset_digest(deposition->terms->ruleset), sizeof receipt.rules);
    tidu_hash_print(answer, receipt.answer);
    tidu_receipt_seal(&receipt);
    tidu_receipt_attach(&receipt, out);
}

void
tidu_witness_decision(struct witness *witness, const struct deposition *deposition, tidu_text *out,
                      size_t begin)
{
    bool keeps = witness->store;
    unsigned char answer[TIDU_HASH_SIZE];
    if (witness->shadow && !deposition->alone)
        tidu_understudy_see(&witness->understudy, witness->shadow, deposition);
    if (!keeps && !deposition->terms->receipt)
        return;
    tidu_slice bytes = {out->data + begin, out->length - begin};
    tidu_sha256(&bytes, 1, answer);
    if (keeps)
        write_entry(deposition, answer, witness);
    if (deposition->terms->receipt)
        attach_receipt(deposition, answer, out);
}

/* ---- handing over --------------------------------------------------------------------- */

uint64_t
tidu_witness_hand_over(struct witness *witness)
{
    if (!witness->count)
        return 0;
    uint64_t ticket = tidu_store_append(witness->store, &witness->entries, witness->count);
    witness->count = 0;
    return ticket;
}

uint64_t
tidu_witness_turn_over(struct witness *witness)
{
    if (!witness->count)
        return 0;
    if (tidu_store_durability(witness->store) == TIDU_DURABILITY_COMMIT)
        return tidu_witness_hand_over(witness);
    if (witness->entries.length >= HAND_OVER_BYTES)
        tidu_witness_hand_over(witness);
    return 0;
}

bool
tidu_witness_keep(struct witness *witness)
{
    uint64_t ticket = tidu_witness_hand_over(witness);
    if (!ticket || tidu_store_durability(witness->store) != TIDU_DURABILITY_COMMIT)
        return true;
    return ticket != TIDU_STORE_LOST && tidu_store_wait(witness->store, ticket);
}

/* ---- what is done to the daemon --------------------------------------------------------- */

void
tidu_witness_denied(struct store *store, const struct who *who, const char *method)
{
    char terms[64];
    int length = snprintf(terms, sizeof terms, method ? "{\"method\":\"%s\"}" : "{\"connect\":true}",
                          method);
    tidu_witness_action(store, TIDU_ENTRY_DENIED, who, (tidu_slice){terms, (size_t)length});
}

uint64_t
tidu_witness_action(struct store *store, tidu_entry_kind kind, const struct who *who,
                    tidu_slice terms)
{
    tidu_text entries = {0}, signed_terms = {0};
    struct entry entry = {.kind = kind,
                          .user = (uint32_t)who->user,
                          .time_us = (int64_t)(ev_time() * 1e6),
                          .terms = terms};
    if (!store)
        return 0;
    if (*who->token)
        entry.terms = sign(terms, who, &signed_terms, &entry.flags);
    tidu_entry_write(&entry, &entries);
    uint64_t ticket = tidu_store_append(store, &entries, 1);
    tidu_text_free(&entries);
    tidu_text_free(&signed_terms);
    return ticket;
}
