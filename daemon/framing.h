/*
 * framing.h: where an HTTP request ends, and that nobody could think otherwise.
 *
 * A proxy in front of us and the library behind us must agree to the byte on where
 * one request ends and the next begins; else somebody can hide one in another. So
 * only what can be read in one way is let through: lines end in CR LF, names stand
 * right before their colon, a length is given once and in digits, chunks come
 * plainly. All else is refused, however many servers put up with it.
 *
 * Must not know: sockets, threads, what requests ask for.
 */
#ifndef TIDU_DAEMON_FRAMING_H
#define TIDU_DAEMON_FRAMING_H

#include "tidu/text.h"

#ifdef TIDU_TIGHT
enum { TIDU_HEAD_BYTES = 1024 };
#else
enum { TIDU_HEAD_BYTES = 16 * 1024 };
#endif

/* Why a request is refused: a status of HTTP and a few words. */
struct refusal {
    int status; /* 0: it is not */
    char words[80];
};

/* What is told is JSON, which is UTF-8: bytes that are not plain ASCII become '?'. */
void tidu_refusal_show(char *words);

/* The body of one request while it goes by. */
struct framing {
    enum {
        TIDU_FRAME_END, /* nothing more belongs to the request */
        TIDU_FRAME_BYTES,
        TIDU_FRAME_SIZE, /* of chunks: a digit of the size, */
        TIDU_FRAME_SIZE_LF, /* the LF behind it, … */
        TIDU_FRAME_CHUNK,
        TIDU_FRAME_CHUNK_CR,
        TIDU_FRAME_CHUNK_LF,
        TIDU_FRAME_LAST_CR,
        TIDU_FRAME_LAST_LF
    } state;
    uint64_t remaining; /* bytes of the body or the chunk */
    unsigned digits;    /* of the size so far */
};

/* The length of the head at the beginning of `text`, its empty line included; 0
 * while its end has not come, or with a refusal. `searched` keeps how far it has
 * been looked at, 0 at first. */
size_t tidu_head_find(tidu_slice text, size_t *searched, struct refusal *ret_refusal);

/* Look at a whole head. True with the framing of what follows it, or false with a
 * refusal. `loopback`: the peer came by TCP and might be a browser that was told
 * another name for this machine, so Host has to name the machine itself. */
bool tidu_head_check(tidu_slice head, bool loopback, struct framing *ret_framing,
                     struct refusal *ret_refusal);

/* How many of these bytes belong to the body. A refusal when they cannot. */
size_t tidu_framing_take(struct framing *framing, tidu_slice bytes, struct refusal *ret_refusal);

#endif
