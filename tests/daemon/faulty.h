/*
 * faulty.h: a disk that refuses, under SQLite.
 *
 * Once installed, every write, truncation and sync of every database goes through
 * it and can be made to fail.
 */
#ifndef TIDU_TESTS_DAEMON_FAULTY_H
#define TIDU_TESTS_DAEMON_FAULTY_H

#include <stdbool.h>

/* Put it under all databases opened from now on. */
void faulty_install(void);

/* From now on every operation fails with this code (SQLITE_FULL, …); SQLITE_OK ends
 * that. */
void faulty_set(int code);

/* Only the operation number `n` from now on fails, 1 being the next; 0: none. */
void faulty_once(int code, long n);

/* Operations since the last of these calls. */
long faulty_count(void);

#endif
