/*
 * receipt.h: one digest over rules, facts, terms and answer.
 *
 * Whoever has a receipt and the things it speaks of can show, without a daemon,
 * that they belong together:
 *
 *   facts    SHA-256 of the record without white space between its parts
 *   answer   SHA-256 of the answer's bytes, without the receipt
 *   digest   SHA-256 of "tidu-receipt-1\n" rules "\n" facts "\n" answer "\n" terms
 *
 * rules, facts and answer written as 64 hexadecimal digits, terms as they stand
 * in the receipt. The date is one of the terms.
 *
 * Must not know: sessions, how anything is kept.
 */
#ifndef TIDU_DAEMON_RECEIPT_H
#define TIDU_DAEMON_RECEIPT_H

#include "tidu/text.h"

struct receipt {
    char rules[65], facts[65], answer[65], digest[65];
    tidu_slice terms; /* JSON, borrowed */
};

/* The digest of a record; of CSV as it is, of JSON without white space between
 * its parts. False when memory ran out. */
bool tidu_facts_digest(tidu_slice facts, bool csv, char ret[65]);

/* Fill in `digest` from the rest. */
void tidu_receipt_seal(struct receipt *receipt);

/* Append the receipt as a JSON object. */
void tidu_receipt_write(const struct receipt *receipt, tidu_text *out);

/* Put the receipt into the answer that `out` ends with: an object. */
void tidu_receipt_attach(const struct receipt *receipt, tidu_text *out);

/* Read a receipt's object; false when it is none. */
bool tidu_receipt_read(tidu_slice text, struct receipt *ret_receipt);

/* Split an answer into its bytes before the receipt was attached (allocated, to be
 * freed) and the receipt. False when it has none. */
bool tidu_receipt_detach(tidu_slice answer, tidu_text *ret_answer, struct receipt *ret_receipt);

#endif
