/*
 * skim.h: JSON text cut into raw slices, without a tree.
 *
 * A request is an envelope around a record, and the record has a reader of its
 * own. So the envelope is only skimmed: each member's key and value come back
 * as slices of the text, in one pass, with nothing allocated. What a slice
 * promises depends on its kind:
 *
 *   string, number, true, false, null   checked in full
 *   object, array                       brackets and quotes match; the inside
 *                                       is for whoever reads it, or for
 *                                       tidu_skim_check
 *
 * Must not know: sessions, methods, records.
 *
 * Ownership: owns nothing; slices live as long as the text.
 */
#ifndef TIDU_DAEMON_SKIM_H
#define TIDU_DAEMON_SKIM_H

#include "tidu/text.h"

enum {
    TIDU_SKIM_DEPTH = 64,   /* the deepest nesting that can be asked for */
    TIDU_SKIM_KEY_SIZE = 64 /* a key with escapes is decoded up to here */
};

typedef enum tidu_skim_step {
    TIDU_SKIM_ITEM,
    TIDU_SKIM_END,    /* the container closed, and only white space follows it */
    TIDU_SKIM_BROKEN, /* not JSON */
    TIDU_SKIM_DEEP    /* nested deeper than allowed */
} tidu_skim_step;

typedef struct tidu_skim {
    const char *at, *end;
    unsigned depth; /* levels allowed below this container */
    char closer;    /* '}' or ']' */
    bool begun;
    tidu_slice known; /* see tidu_skim_open_known */
} tidu_skim;

/* One member of an object or item of an array. */
typedef struct tidu_skim_item {
    tidu_slice key; /* without its quotes; empty in an array */
    tidu_slice value;
    tidu_slice longest;               /* container directly inside a container; empty if none */
    char decoded[TIDU_SKIM_KEY_SIZE]; /* what `key` points to when it had escapes */
} tidu_skim_item;

/* Begin with the container that `text` is; `depth` counts it. False when the
 * first thing in `text` is no '{' or '[', or there is no text. */
bool tidu_skim_open(tidu_skim *skim, tidu_slice text, unsigned depth);

/* The same for a container that another walk has stepped over, with the longest
 * one inside it as found then: that need not be stepped over again. A request
 * is walked twice, its envelope and its params, but its record only once. */
bool tidu_skim_open_known(tidu_skim *skim, tidu_slice text, tidu_slice longest, unsigned depth);

/* The next item. After anything but TIDU_SKIM_ITEM the walk is over. */
tidu_skim_step tidu_skim_next(tidu_skim *skim, tidu_skim_item *ret_item);

/* Check all of `text` as one JSON value. With BROKEN, *ret_offset is the first
 * byte that cannot stand there. END means that all is well. */
tidu_skim_step tidu_skim_check(tidu_slice text, unsigned depth, size_t *ret_offset);

/* The end of the container that begins at `at`, or NULL when it does not end
 * before `end`; brackets inside strings do not count. For cutting a stream into
 * records before anybody reads them. */
const char *tidu_skim_container_end(const char *at, const char *end);

/* Decode a checked JSON string (with its quotes) into `buffer`, ended by a NUL.
 * False when it does not fit or holds a NUL. */
bool tidu_skim_text(tidu_slice string, char *buffer, size_t size, size_t *ret_length);

/* The first member of that name of an object, as it was spelled; data NULL when
 * there is none, or the text is no object so far. */
tidu_slice tidu_skim_member(tidu_slice object, const char *name);

/* Append JSON without the white space between its parts. */
void tidu_skim_squeeze(tidu_slice json, tidu_text *out);

/* True when the slice is exactly these characters. */
static inline bool
tidu_skim_is(tidu_slice slice, const char *word)
{
    size_t length = strlen(word);
    return slice.length == length && memcmp(slice.data, word, length) == 0;
}

#endif
