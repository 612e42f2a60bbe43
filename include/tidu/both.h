/*
 * both.h: two things at once, or more.
 *
 * For what a load does twice and each on its own: two helpers, two halves of the
 * places, two halves of the scenarios; and for populations, which are groups of rows.
 * What comes of it must be the same as if they had been done one after the other.
 */
#ifndef TIDU_BOTH_H
#define TIDU_BOTH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many processors this process may use, at least one; and whether more than one. */
unsigned tidu_processor_count(void);
bool tidu_two_processors(void);

/* Call `act` with one and with the other, the second on a thread of its own where
 * one can be had; back when both are done. */
void tidu_both(void (*act)(void *argument), void *one, void *other);

/* Call `act` with each of `count` arguments of `size` bytes that lie one behind the
 * other, on threads of their own where they can be had; back when all are done. */
void tidu_all(void (*act)(void *argument), void *arguments, size_t size, unsigned count);

#ifdef __cplusplus
}
#endif

#endif
