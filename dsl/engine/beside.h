/* beside.h: which steps of a program another run has come to already; see beside.c. */
#ifndef TIDU_ENGINE_BESIDE_H
#define TIDU_ENGINE_BESIDE_H

#include "internal.h"

/* For each step of `program` over `block` the step of `before` that does the same
 * to the same, TIDU_NO_STEP where there is none. free() it; NULL when memory ran
 * out. Both blocks have one layout. */
tidu_step *tidu_beside_twins(const struct tidu_run *before, const tidu_program *program,
                             const tidu_block *block);

#endif
