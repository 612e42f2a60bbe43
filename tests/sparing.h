/*
 * sparing.h: samples, which are fewer where all takes ten times as long.
 */
#ifndef TIDU_TESTS_SPARING_H
#define TIDU_TESTS_SPARING_H

#include <stdbool.h>

/* Under sanitizers one in SPARING of what a test tries by chance is tried, and one in STRIDE
 * of what it has a list of; all of them are in the plain build. Threads take longest: what
 * has none may be left out there. */
#if defined __SANITIZE_THREAD__
enum { SPARING = 8, STRIDE = 3, ONLY_THREADS = true };
#elif defined TIDU_SANITIZED
enum { SPARING = 4, STRIDE = 2, ONLY_THREADS = false };
#else
enum { SPARING = 1, STRIDE = 1, ONLY_THREADS = false };
#endif

#endif
