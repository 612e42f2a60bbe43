/* joint.h: programs of two rulesets over one record; see joint.c. */
#ifndef TIDU_PATH_JOINT_H
#define TIDU_PATH_JOINT_H

#include "internal.h"

enum { TIDU_CODE_SIZE = 64, MOST_JOINED = 4 };

struct joining;

struct joint {
    tidu_arena *arena;
    tidu_vocabulary vocabulary;   /* with the layout both read */
    const uint32_t *column_of[2]; /* [column of a ruleset's layout] */
    bool *odd; /* [column]: the same record says one thing to the old rules, another to the new */
    const tidu_program *programs[MOST_JOINED];
    uint32_t own_from[MOST_JOINED]; /* its own constants begin here */
    uint32_t program_count;
    struct joining *joining;
};

/* One layout for an old ruleset (side 0) and a new one (side 1), which are borrowed. NULL
 * when memory ran out; *ret_joined false when a fact is of another kind in each. */
struct joint *tidu_joint_open(const tidu_ruleset *old, const tidu_ruleset *new, bool *ret_joined);
void tidu_joint_close(struct joint **joint);

/* A side's program over the joint layout, at most MOST_JOINED of them: the same steps by the
 * same numbers, constants behind them. Lives as long as the joint. NULL when memory ran out. */
const tidu_program *tidu_joint_program(struct joint *joint, int side, const tidu_program *from);

#endif
