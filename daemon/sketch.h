/*
 * sketch.h: a record in the form in which it is kept.
 *
 * Facts go by their identifiers, annual ones by year, so that they still mean
 * the same when rules are renamed and years pass. What the rules call personal
 * is left out.
 *
 * Must not know: the store, sockets.
 */
#ifndef TIDU_DAEMON_SKETCH_H
#define TIDU_DAEMON_SKETCH_H

#include "tidu/text.h"
#include "tidu/vocabulary.h"

struct sketch {
    tidu_text facts;   /* a JSON object, without the two below */
    tidu_text titles;  /* a JSON array or null; empty when not stated */
    tidu_slice towards; /* JSON as it was given; data NULL when not stated */
    bool personal;     /* something was left out */
};

/* Take a record (a JSON object) in; `year` is the last full one. The slice points into
 * the record. Values are not looked at. False when it is no JSON object. */
bool tidu_sketch_record(struct sketch *sketch, const tidu_vocabulary *vocabulary,
                        tidu_slice record, int year);

/* Append the older facts as the newer ones change them: a null takes a fact or a year
 * away, the years of annual facts are joined. */
void tidu_sketch_merge(const tidu_vocabulary *vocabulary, tidu_slice older, tidu_slice newer,
                       tidu_text *out);

/* Append a record that states no titles, or null, with these. */
void tidu_sketch_join(tidu_slice record, tidu_slice titles, tidu_text *out);

/* Make `out` the record that says both (titles with data NULL: none), padded for its reader;
 * the length without the padding is returned. */
size_t tidu_sketch_whole(tidu_slice facts, tidu_slice titles, tidu_text *out);

#endif
