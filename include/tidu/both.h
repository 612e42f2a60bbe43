/*
 * both.h: two things at once.
 *
 * For what a load does twice and each on its own: two helpers, two halves of the
 * places, two halves of the scenarios. What comes of it must be the same as if
 * they had been done one after the other.
 */
#ifndef TIDU_BOTH_H
#define TIDU_BOTH_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* May this process use more than one processor? */
bool tidu_two_processors(void);

/* Call `act` with one and with the other, the second on a thread of its own where
 * one can be had; back when both are done. */
void tidu_both(void (*act)(void *argument), void *one, void *other);

#ifdef __cplusplus
}
#endif

#endif
