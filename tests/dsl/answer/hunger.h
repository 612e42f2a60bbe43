/*
 * hunger.h: an allocator that refuses.
 *
 * The linker turns the library's requests for memory over to hunger.c (see
 * room.mk), which refuses the one that is to be refused. Requests that other
 * libraries make, such as GMP, are not refused.
 */
#ifndef TIDU_TESTS_HUNGER_H
#define TIDU_TESTS_HUNGER_H

#include <stdbool.h>

/* While `armed`, the request number `refused` fails, and with `lasting` all
 * after it. */
struct hunger {
    bool armed, lasting;
    unsigned long calls, refused;
};
extern struct hunger hunger;

/* Refuse the first request, then that `step` after it, … until a round says that it
 * was over before its refusal came. */
void starve(bool (*round)(void), bool lasting, unsigned long step);

#endif
