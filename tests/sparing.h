/*
 * sparing.h: samples, which are fewer where all takes ten times as long.
 */
#ifndef TIDU_TESTS_SPARING_H
#define TIDU_TESTS_SPARING_H

/* Under sanitizers one in so many of what a test tries by samples is tried; all of them
 * are in the plain build. */
#ifdef TIDU_SANITIZED
enum { SPARING = 4 };
#else
enum { SPARING = 1 };
#endif

#endif
